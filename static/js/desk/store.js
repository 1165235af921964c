// Copies of what a rater types, on this computer, until the server has it. Each is one window's of one item.

import { announce, hasNote, typedIn } from "./form.js";

let opening = null;
let newest = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("rating-desk", 1);
    request.onupgradeneeded = () =>
      request.result.createObjectStore("copies", { keyPath: ["owner", "study", "position", "window"] });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opening;
}

// "strict": a copy that is acknowledged has reached the disk.
async function withCopies(mode, act) {
  const open = await database();
  return new Promise((resolve, reject) => {
    const transaction = open.transaction("copies", mode, { durability: "strict" });
    const request = act(transaction.objectStore("copies"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const keep = (copy) => withCopies("readwrite", (copies) => copies.put(copy));
export const drop = ({ owner, study, position, window }) =>
  withCopies("readwrite", (copies) => copies.delete([owner, study, position, window]));
export const copiesOf = (owner) =>
  withCopies("readonly", (copies) => copies.getAll(IDBKeyRange.bound([owner], [owner, []])));

export const isDrafted = (copy) => copy.savedSequence >= copy.sequence && !copy.handedInTo;
export const isOnServer = (copy) => isDrafted(copy) && !hasNote(copy.fields);

// Of everybody who rated here: what the server has needs no copy on a computer that others may use.
export async function dropWhatTheServerHas() {
  const all = await withCopies("readonly", (copies) => copies.getAll());
  await Promise.all(all.filter(isOnServer).map(drop));
}

// Writes the newest state; what changes during a write goes with the next one. Resolves to whether it is kept.
export function keepHere(desk) {
  desk.isCopyStale = true;
  desk.keeping ??= writeUntilCurrent(desk).finally(() => (desk.keeping = null));
  return desk.keeping;
}

async function writeUntilCurrent(desk) {
  try {
    while (desk.isCopyStale) {
      desk.isCopyStale = false;
      await keep(desk.copy);
    }
    desk.isKeptHere = true;
    announce(desk, "desk:saved", { at: new Date(), where: "here" });
  } catch {
    desk.isKeptHere = false;
  }
  return desk.isKeptHere;
}

// The rating is handed in. Notes that wait to be sent stay, and nothing else.
export async function letGo(copy) {
  copy.handedInTo = null;
  const waiting = Object.keys(copy.notesTo ?? {});
  copy.fields = Object.fromEntries(Object.entries(copy.fields).filter(([name]) => waiting.includes(name)));
  copy.hasNotesOnly = true;
  await (waiting.length ? keep(copy) : drop(copy));
}

export async function forget(desk) {
  await desk.keeping;
  await letGo(desk.copy).catch(() => {});
}

export function mount(desk) {
  const { owner, study, position, window, form } = desk;
  // A form that comes back with an error is the same window still.
  const sequence = newest?.window === window ? newest.sequence : 0;
  desk.copy = newest = {
    owner,
    study,
    position,
    window,
    sequence,
    savedSequence: 0,
    base: form.elements.base.value,
    known: form.elements.known.value,
    fields: typedIn(form),
    typedAt: Date.now(),
    handedInTo: null,
    // Notes that were sent and had no answer, by field: where each goes, and what it is about.
    notesTo: {},
    hasNotesOnly: false,
  };
  desk.isKeptHere = "indexedDB" in globalThis;
  desk.root.addEventListener(
    "desk:changed",
    () => {
      desk.copy.sequence += 1;
      desk.copy.fields = typedIn(form);
      desk.copy.typedAt = Date.now();
      keepHere(desk);
    },
    { signal: desk.signal },
  );
}
