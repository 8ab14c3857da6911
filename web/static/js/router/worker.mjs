// @ts-check
/**
 * The planner in a thread of its own, so that the page answers the finger while it works. A page whose browser has no such
 * threads for modules takes the service from here, and plans by itself.
 */
import { makeService } from "./service.mjs";

export { makeService };

function serve() {
  const service = makeService();
  const port = /** @type {{postMessage: (message: unknown) => void, onmessage: ((event: MessageEvent) => void) | null}} */ (/** @type {unknown} */ (self));
  port.onmessage = ({ data }) => {
    const { id } = data;
    try {
      if (data.packs) port.postMessage({ id, fault: service.open(data.packs, data.stop) });
      else if (data.boxes) port.postMessage({ id, ways: service.ways(data.boxes) });
      else port.postMessage({ id, ...service.plan(id, data.asked, (first) => port.postMessage({ id, first: true, ...first })) });
    } catch {
      port.postMessage({ id, code: "bug", fault: "bug" }); // its text could hold where she goes
    }
  };
  port.postMessage({ ready: true });
}

if (!("document" in globalThis)) serve();
