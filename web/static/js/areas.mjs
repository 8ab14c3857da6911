// @ts-check
/**
 * The area files that she keeps on this phone, and which of them the page opens with. They stand beside what the page
 * itself keeps, under a name of their own, so that no update of the page takes them away.
 */
import { areaFrom } from "./area-file.mjs";
import { askToStay, ownCaches } from "./cached.mjs";

/** The name of their cache; main.mjs looks for it. */
const NAME = "sidestep-areas";
const FOLDER = `${location.origin}/${NAME}/`; // no address that anybody is asked for
const CHOSEN = `${FOLDER}chosen${location.pathname.replace(/[^/]*\/(index\.html)?$/, "")}`; // one for each place on this host that has the page
const INDEX = ".json";

/** @typedef {import("./area-file.mjs").AreaIndex} AreaIndex */

/** Whether areas can be kept here at all. */
export async function canKeep() {
  try {
    await (await ownCaches()).has(NAME);
    return true;
  } catch {
    return false; // plain http, or a private window
  }
}

const open = async () => (await ownCaches()).open(NAME);

/** Whether there is anything; what is only asked for is not made. */
const isThere = async () => (await canKeep()) && (await ownCaches()).has(NAME);

/** All that are kept, by name; none where the browser refuses to tell. @returns {Promise<AreaIndex[]>} */
export const keptAreas = () => allKept().catch(() => []);

/** @returns {Promise<AreaIndex[]>} */
async function allKept() {
  if (!(await isThere())) return [];
  const cache = await open();
  const there = new Set((await cache.keys()).map(({ url }) => url));
  const found = [...there].filter((url) => url.endsWith(INDEX) && there.has(url.slice(0, -INDEX.length)));
  const indexes = await Promise.all(found.map(async (url) => (await cache.match(url))?.json()));
  return indexes.filter((one) => one !== undefined).sort((a, b) => a.about.name.localeCompare(b.about.name) || a.about.built.localeCompare(b.about.built));
}

/**
 * Keep one; it takes the place of another of its name. Its index comes first and goes last: if the page is closed in between,
 * some bytes are left, and never a whole file that nothing lists.
 *
 * @param {AreaIndex} index
 * @param {Blob} blob
 */
export async function keepArea(index, blob) {
  const cache = await open();
  const before = await allKept();
  try {
    await cache.put(`${FOLDER}${index.digest}${INDEX}`, Response.json(index));
    await cache.put(`${FOLDER}${index.digest}`, new Response(blob));
  } catch (error) {
    if (!before.some(({ digest }) => digest === index.digest)) await dropArea(index.digest);
    throw error;
  }
  for (const { about, digest } of before) if (about.name === index.about.name && digest !== index.digest) await dropArea(digest);
  await askToStay();
}

/** Delete one. @param {string} digest */
export async function dropArea(digest) {
  const cache = await open();
  if ((await chosen(cache)) === digest) await cache.delete(CHOSEN);
  await cache.delete(`${FOLDER}${digest}`);
  await cache.delete(`${FOLDER}${digest}${INDEX}`);
  if ((await cache.keys()).length === 0) await (await ownCaches()).delete(NAME);
}

/** Say which the page opens with; null: the one that it came with. @param {string | null} digest */
export async function chooseArea(digest) {
  if (!(await isThere())) return;
  const cache = await open();
  if (digest === null) await cache.delete(CHOSEN);
  else await cache.put(CHOSEN, new Response(digest));
}

/** @param {Cache} cache */
const chosen = async (cache) => (await cache.match(CHOSEN))?.text();

/** The area that is kept under a digest, or null where it is gone. @param {string} digest */
export async function openArea(digest) {
  const cache = await open();
  const [file, index] = await Promise.all([cache.match(`${FOLDER}${digest}`), cache.match(`${FOLDER}${digest}${INDEX}`)]);
  return file === undefined || index === undefined ? null : areaFrom(await index.json(), await file.blob());
}

/** Have the page open with the area that she chose, where there is one. @param {Config} config */
export async function begin(config) {
  const digest = await chosen(await open());
  const area = digest === undefined ? null : await openArea(digest);
  if (area === null) return;
  config.area = area; // its name stays out of the title, which the browser's history keeps
}
