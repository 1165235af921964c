// Saves drafts on the server within a second of a keystroke, and says so. What cannot be saved is tried again.

import { choose } from "./choice.js";
import { announce, fill, isSame, typedIn } from "./form.js";
import * as receipt from "./receipt.js";
import { OutOfReachError, post, waitAfter } from "./request.js";
import { keepHere } from "./store.js";

const QUIET_MS = 350;
const LONGEST_WAIT_MS = 800;

const isUnsaved = (desk) => desk.copy.sequence > desk.copy.savedSequence;

function schedule(desk) {
  const saving = desk.saving;
  saving.waitsSince ??= Date.now();
  clearTimeout(saving.timer);
  const wait = Math.min(QUIET_MS, saving.waitsSince + LONGEST_WAIT_MS - Date.now());
  saving.timer = setTimeout(() => save(desk), Math.max(0, wait));
}

function tryAgain(desk) {
  const saving = desk.saving;
  saving.failures += 1;
  clearTimeout(saving.timer);
  saving.timer = setTimeout(() => save(desk), waitAfter(saving.failures));
}

// One request at a time; a call during one gets that one, and what was typed since follows it.
export function save(desk, options) {
  const saving = desk.saving;
  clearTimeout(saving.timer);
  if (saving.isHeld || desk.sending || !isUnsaved(desk) || desk.signal.aborted) return saving.request ?? Promise.resolve();
  saving.request ??= saveNow(desk, options).finally(() => (saving.request = null));
  return saving.request;
}

async function saveNow(desk, options) {
  const { saving, copy, form } = desk;
  const sequence = copy.sequence;
  saving.waitsSince = null;
  let response;
  try {
    const fields = new FormData(form);
    for (const name of ["window", "sequence", "base", "known"]) fields.set(name, copy[name]);
    response = await post(desk, desk.draftUrl, fields, options);
  } catch (error) {
    if (!(error instanceof OutOfReachError)) throw error;
  }
  if (desk.signal.aborted || copy.handedInTo) return;
  const answer = response && (await response.json().catch(() => ({})));
  if (response?.ok) {
    saving.failures = 0;
    copy.savedSequence = Math.max(sequence, copy.savedSequence);
    announce(desk, "desk:saved", { at: answer.saved_at, where: "server" });
    keepHere(desk);
    if (isUnsaved(desk)) schedule(desk);
  } else if (response?.status === 409) {
    await decide(desk, answer.other);
  } else if ([404, 410, 422].includes(response?.status)) {
    receipt.sayNotSaved(desk, answer.reason ?? "This item is no longer yours to rate.");
  } else {
    if (response?.status === 401) receipt.saySignedOut(desk, answer.reason);
    else receipt.sayOffline(desk);
    tryAgain(desk);
  }
}

// Another window wrote what this one has not seen.
async function decide(desk, other) {
  const { copy, form, saving } = desk;
  const isAlike = isSame(typedIn(form), other.fields);
  if (!isAlike) {
    saving.isHeld = true;
    receipt.sayProblem(desk, "Kept on this computer; please choose below");
    const takesOther = (await choose(desk, "windows", { there: other.saved_at }, other.fields)) === "there";
    saving.isHeld = false;
    if (takesOther) fill(form, other.fields);
  }
  copy.known = form.elements.known.value = other.known;
  schedule(desk);
}

export function mount(desk) {
  const { root, signal } = desk;
  desk.saving = { timer: null, request: null, waitsSince: null, failures: 0, isHeld: desk.isToChoose };
  const now = () => save(desk);
  root.addEventListener("desk:changed", () => schedule(desk), { signal });
  root.addEventListener(
    "desk:saved",
    ({ detail }) => detail.where === "server" && receipt.saySaved(desk, detail.at),
    { signal },
  );
  root.addEventListener("desk:leaving", ({ detail }) => detail.waitFor.push(save(desk)), { signal });
  addEventListener("online", () => (isUnsaved(desk) ? now() : receipt.sayDone(desk, "Online again")), { signal });
  addEventListener("offline", () => receipt.sayOffline(desk), { signal });
  addEventListener("focus", now, { signal });
  document.addEventListener("visibilitychange", () => save(desk, { keepalive: isSmall(desk) }), { signal });
  const signIns = new BroadcastChannel("rating-desk");
  signIns.onmessage = now;
  signal.addEventListener("abort", () => {
    clearTimeout(desk.saving.timer);
    signIns.close();
  });
  if (desk.draftSavedAt) receipt.saySaved(desk, desk.draftSavedAt);
}

// Browsers send 64 KiB at most for a page that is left.
const isSmall = (desk) => JSON.stringify(desk.copy.fields).length < 15_000;
