// Hands in what the rater decided (a rating, a skip, a flag) and shows what comes next, in one request. Without an
// answer it is kept and sent again, as the same submission, until there is one.

import { announce, typedIn } from "./form.js";
import * as receipt from "./receipt.js";
import { OutOfReachError, post, waitAfter } from "./request.js";
import { copiesOf, forget, keep, keepHere, letGo } from "./store.js";

const DOUBLE_CLICK_MS = 500;

const isFlag = (url) => url.endsWith("/flag/");

async function send(desk, submitter) {
  const url = submitter?.getAttribute("formaction") ?? desk.form.getAttribute("action");
  if (isFlag(url)) return sendFlag(desk, url, submitter);
  if (desk.sending) return desk.sending.tryNow();
  desk.sending = { url, submitter, failures: 0, tryNow: () => {} };
  announce(desk, "desk:submitting");
  await handIn(desk);
}

// Until the server has answered, the copy here says that it is handed in, and where to.
async function handIn(desk) {
  const { sending, form, copy } = desk;
  for (;;) {
    const extra = sending.submitter?.name ? { [sending.submitter.name]: sending.submitter.value } : {};
    copy.handedInTo = sending.url;
    copy.fields = { ...typedIn(form), ...extra };
    await keepHere(desk);
    const fields = new FormData(form);
    for (const [name, value] of Object.entries(extra)) fields.set(name, value);
    try {
      const response = await post(desk, sending.url, fields);
      if (response.status !== 401) return settle(desk, response);
      receipt.saySignedOut(desk, (await response.json()).reason);
    } catch (error) {
      if (!(error instanceof OutOfReachError)) throw error;
      receipt.sayOffline(desk);
    }
    sending.failures += 1;
    await pause(sending);
    if (desk.signal.aborted) return;
  }
}

// Waits a while, less when the network or the rater comes back.
function pause(sending) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const over = new AbortController();
    const timer = setTimeout(done, waitAfter(sending.failures));
    const signIns = new BroadcastChannel("rating-desk");
    signIns.onmessage = done;
    over.signal.addEventListener("abort", () => signIns.close());
    for (const sign of ["online", "focus"]) addEventListener(sign, done, { signal: over.signal });
    sending.tryNow = done;
  });
}

async function settle(desk, response) {
  const url = response.headers.get("X-Desk-Url");
  if (response.ok) {
    await forget(desk);
    if (response.status === 204) location.assign(url);
    else desk.show(await response.text(), url);
    return;
  }
  desk.copy.handedInTo = null;
  await keepHere(desk);
  if (url) return location.assign(url);
  if ([409, 422].includes(response.status)) return desk.show(await response.text(), location.href);
  desk.sending = null;
  receipt.sayNotSaved(desk, "This could not be handed in: the item is no longer yours to rate.");
}

// Beside the rating: a note that waits for an answer goes on being sent while she rates.
async function sendFlag(desk, url, submitter) {
  const sheet = submitter.closest("[popover]");
  if (desk.notes.has(sheet)) return desk.notes.get(sheet).tryNow();
  const sending = { failures: 0, tryNow: () => {} };
  desk.notes.set(sheet, sending);
  desk.copy.notesTo[sheet.querySelector("textarea").name] = { url, about: submitter.value };
  keepHere(desk);
  for (;;) {
    try {
      const response = await post(desk, url, new FormData(desk.form, submitter));
      if (response.status !== 401) return await settleFlag(desk, response, sheet);
      receipt.saySignedOut(desk, "You are signed out, so the note has not gone.");
    } catch (error) {
      if (!(error instanceof OutOfReachError)) throw error;
      receipt.sayNoteWaits(desk);
    }
    closeSheet(sheet);
    sending.failures += 1;
    await pause(sending);
  }
}

async function settleFlag(desk, response, sheet) {
  const { said } = await response.json();
  const note = sheet.querySelector("textarea");
  desk.notes.delete(sheet);
  delete desk.copy.notesTo[note.name];
  if (response.ok) {
    receipt.sayDone(desk, said);
    note.value = "";
    closeSheet(sheet);
  } else receipt.sayProblem(desk, said);
  if (desk.copy.hasNotesOnly) await letGo(desk.copy);
  else if (!desk.signal.aborted) announce(desk, "desk:changed");
}

// Another item may be shown by now, and the sheet be gone with its own.
const closeSheet = (sheet) => sheet.matches(":popover-open") && sheet.hidePopover();

// What was handed in or sent from a page that is gone by now and had no answer.
async function sendWaiting(desk) {
  const copies = (await copiesOf(desk.owner).catch(() => [])).filter((copy) => copy.window !== desk.window);
  for (const copy of copies.filter((copy) => copy.handedInTo || copy.hasNotesOnly)) {
    await sendWaitingNotes(desk, copy);
    if (copy.handedInTo) await handInWaiting(desk, copy);
  }
}

async function sendWaitingNotes(desk, copy) {
  for (const [name, { url, about }] of Object.entries(copy.notesTo ?? {})) {
    const response = await post(desk, url, { about, [name]: copy.fields[name] });
    if (response.status === 401) return;
    const { said } = await response.json();
    delete copy.notesTo[name];
    (response.ok ? receipt.sayDone : receipt.sayProblem)(desk, said);
  }
  if (copy.hasNotesOnly) await letGo(copy);
}

async function handInWaiting(desk, copy) {
  const isOfThisItem = copy.study === desk.study && copy.position === desk.position;
  const { window: submission, base, known, fields } = copy;
  const response = await post(desk, copy.handedInTo, { submission, base, known, ...fields });
  if (response.ok) {
    await letGo(copy);
    receipt.sayDone(desk, `Item ${copy.position}, which had waited on this computer, is handed in`);
    if (isOfThisItem) location.assign(desk.nextUrl);
  } else if (response.status !== 401) {
    await keep({ ...copy, handedInTo: null });
    if (isOfThisItem) return location.reload();
    receipt.sayProblem(desk, `Item ${copy.position} could not be handed in as it was; please open it again`);
  }
}

// The second click of a double click is not meant for the item that has come in between.
function refuseSecondClicks(desk) {
  if (!desk.isSwapped) return;
  const shownAt = performance.now();
  desk.form.addEventListener("click", (event) => {
    const isSecond = event.detail > 1 && performance.now() - shownAt < DOUBLE_CLICK_MS;
    if (isSecond && event.target.closest("button")) event.preventDefault();
  });
}

export function mount(desk) {
  desk.sending = null;
  desk.notes = new Map();
  refuseSecondClicks(desk);
  desk.form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      send(desk, event.submitter);
    },
    { signal: desk.signal },
  );
  for (const link of desk.form.querySelectorAll("[data-drop-copy]")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      await forget(desk);
      location.assign(link.href);
    });
  }
  const tryWaiting = () => sendWaiting(desk).catch(() => {});
  tryWaiting();
  addEventListener("online", tryWaiting, { signal: desk.signal });
}
