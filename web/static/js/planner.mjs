// @ts-check
/**
 * What plans, apart from what draws: a wish in, walks out. Today the server of this page plans, by POST, so that no
 * place stands in an address; whoever plans later needs to export the same two names.
 */

/** What went wrong, as a code that the dictionary has a sentence for. */
export class PlanError extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** What people are told of who works out the walk: keys of the dictionary. */
export const TOLD = Object.freeze({ short: "ui.server_plans", whole: "ui.about.private" });

const BODY_CHARS = 512; // more than any request of this page but those with cameras of her own
const OWN_CHARS = 4096; // those come in steps of this
const TIMEOUT_MS = 30_000; // longer than any walk in a city takes; this is for a network that swallows the answer

/**
 * @param {string} url of the server's route endpoint
 * @param {() => Promise<object | undefined>} overlay the cameras that she knows and the area does not
 * @returns {(request: {from: LonLat, to: LonLat, detour: string, front?: string}, options: {signal: AbortSignal}) => Promise<Plan>}
 */
export function makePlanner(url, overlay) {
  return async (request, { signal }) => {
    let response;
    let reply;
    try {
      const own = await overlay();
      const body = JSON.stringify({ ...request, overlay: own }); // left out where there is none
      response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: body.padEnd(own ? Math.ceil(body.length / OWN_CHARS) * OWN_CHARS : BODY_CHARS), // a watcher of the line sees one length
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.any ? AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) : signal,
      });
      reply = await response.json();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new PlanError(response === undefined || response.ok ? "offline" : "bug");
    }
    if (!response.ok) throw new PlanError(reply?.error?.code ?? "bug");
    return reply;
  };
}
