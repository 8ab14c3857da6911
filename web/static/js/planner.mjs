// @ts-check
/**
 * What plans, apart from what draws: a wish in, walks out. This phone plans: it fetches the area once, the same for
 * everybody, and from then on a walk asks nobody.
 */
import { Refused, bytesOf } from "./download.mjs";

/** What went wrong, as a code that the dictionary has a sentence for. */
export class PlanError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** What people are told of who works out the walk: keys of the dictionary. */
export const TOLD = Object.freeze({ short: "ui.phone_plans", whole: "ui.about.private" });

/** @typedef {{from: LonLat, to: LonLat, detour: string, front?: string}} Asked */
/** @typedef {{signal: AbortSignal, first: (plan: Plan) => void}} Asking `first` gets what a long search has found so far */
/** @typedef {{open: (packs: Uint8Array[]) => Promise<string | null>, plan: (asked: object, asking: Asking) => Promise<any>, ways: (boxes: LonLatBox[]) => Promise<DrawnWay[][]>, end: () => void}} Engine */
/** @typedef {{starting: Promise<Engine>, engine: Promise<Engine>}} Opening the engine as it starts, and with the area in it */

/**
 * @param {Config} config
 * @param {() => Promise<object | undefined>} overlay the cameras that she knows and the area does not
 * @param {(share: number) => void} onProgress is told how much of the area is here, 0 to 1; 1 when it can be planned in
 */
export function makePlanner(config, overlay, onProgress) {
  /** @type {Opening | null} */
  let opening = null;
  let free = /** @type {Promise<unknown>} */ (Promise.resolve());

  function open() {
    if (opening !== null) return opening;
    const mine = begin(config, (share) => opening === mine && onProgress(share));
    opening = mine;
    mine.engine.catch(() => {
      if (opening === mine) opening = null; // offline, perhaps; next time perhaps not
    });
    return mine;
  }

  /** Leave the area, and forget what was planned there; the next plan is in the one that the page has then. */
  function leave() {
    opening?.starting.then((engine) => engine.end(), () => {}); // also where it is still reading the area
    [opening, free] = [null, Promise.resolve()];
  }

  return {
    open: () => open().engine,
    leave,
    /** The ways in boxes, for a drawing. @param {LonLatBox[]} boxes */
    ways: (boxes) => open().engine.then((engine) => engine.ways(boxes)),
    /** @param {Asked} asked @param {Asking} asking @returns {Promise<Plan>} */
    plan(asked, asking) {
      open(); // at once, whatever it waits for
      const mine = Promise.all([overlay(), free]).then(async ([known]) => {
        asking.signal.throwIfAborted(); // while it waited for the one before
        const area = open(); // as it is now: the one before may have ended what there was
        const engine = await area.engine;
        asking.signal.throwIfAborted(); // while the area came
        const { record, code } = await engine.plan({ ...asked, overlay: known }, asking);
        if (code === "bug" && area === opening) leave(); // what it left half done could make the next walk wrong
        if (code) throw new PlanError(code);
        return record;
      });
      free = mine.then(() => {}, () => {}); // without the walk, which nobody else shall keep
      return mine;
    },
  };
}

/**
 * Fetch the area, and start what plans in it.
 *
 * @param {Config} config
 * @param {(share: number) => void} onProgress
 * @returns {Opening}
 */
function begin({ area: { files } }, onProgress) {
  const parts = [files.pack, files.camera_pack];
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const there = parts.map(() => 0);
  const coming = parts.map((file, at) => {
    const told = (/** @type {number} */ share) => {
      there[at] = share * file.bytes;
      onProgress((0.99 * there.reduce((sum, one) => sum + one)) / total);
    };
    return bytesOf(file, { onProgress: told });
  });
  const starting = startEngine();
  return { starting, engine: filled(starting, Promise.all(coming).catch(lost), onProgress) };
}

/**
 * Give the engine the area.
 *
 * @param {Promise<Engine>} starting
 * @param {Promise<Uint8Array[]>} coming
 * @param {(share: number) => void} onProgress
 */
async function filled(starting, coming, onProgress) {
  try {
    const [engine, packs] = await Promise.all([starting, coming]);
    const fault = await engine.open(packs);
    if (fault !== null) throw new PlanError(fault);
    onProgress(1);
    return engine;
  } catch (error) {
    starting.then((engine) => engine.end(), () => {});
    throw error;
  }
}

/** @param {unknown} error @returns {never} */
function lost(error) {
  throw new PlanError(error instanceof Refused ? "page-old" : "offline");
}

/**
 * Start a worker; where the browser has none for modules, the page plans by itself. The server joins the modules of router/
 * to one file, which has the name of the folder.
 *
 * @returns {Promise<Engine>}
 */
async function startEngine() {
  const planner = new URL("./router.mjs", import.meta.url).href;
  try {
    return await inWorker(new Worker(planner, { type: "module" }));
  } catch {
    return inPage(await import(planner).catch(lost));
  }
}

/** @param {Worker} worker @returns {Promise<Engine>} once it answers */
function inWorker(worker) {
  /** @type {Map<number, {done: (answer: any) => void, first?: (plan: Plan) => void}>} */
  const waiting = new Map();
  const stop = globalThis.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : null; // the plan that nobody waits for any more
  let last = 0;

  /** @param {object} message @param {(plan: Plan) => void} [first] @returns {Promise<any>} */
  function send(message, first) {
    last += 1;
    return new Promise((done) => {
      waiting.set(last, { done, first });
      worker.postMessage({ id: last, ...message });
    });
  }

  return new Promise((ready, fail) => {
    let dead = false;
    const over = () => {
      dead = true;
      for (const one of waiting.values()) one.done({ code: "bug", fault: "bug" });
      waiting.clear();
    };
    worker.onerror = () => {
      fail(new Error("the worker did not start"));
      over();
    };
    worker.onmessage = ({ data }) => {
      if (data.ready) ready(engine);
      else if (data.first) waiting.get(data.id)?.first?.(data.record);
      else {
        waiting.get(data.id)?.done(data);
        waiting.delete(data.id);
      }
    };
    /** @type {Engine} */
    const engine = {
      open: async (packs) => (dead ? "bug" : (await send({ packs, stop })).fault),
      async plan(asked, { signal, first }) {
        if (dead) return { code: "bug" };
        const answer = send({ asked }, (plan) => signal.aborted || first(plan));
        const id = last;
        signal.addEventListener("abort", () => stop && waiting.has(id) && Atomics.store(stop, 0, id), { once: true });
        return answer;
      },
      ways: async (boxes) => (dead ? [] : ((await send({ boxes })).ways ?? [])),
      end() {
        worker.terminate();
        over();
      },
    };
  });
}

/** @param {typeof import("./router/service.mjs")} service @returns {Engine} */
function inPage({ makeService }) {
  const made = makeService();
  const breath = () => new Promise((done) => setTimeout(done)); // so that what is on its way is drawn before
  return {
    open: async (packs) => breath().then(() => made.open(packs, null)),
    plan: async (asked, { first }) => breath().then(() => made.plan(0, /** @type {any} */ (asked), ({ record }) => first(record))),
    ways: async (boxes) => made.ways(boxes),
    end() {},
  };
}
