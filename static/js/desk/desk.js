// The desk's one entry. It mounts its modules on the item that is shown, and again on each that takes its place.

import * as activity from "./activity.js";
import * as criteria from "./criteria.js";
import { announce, hasChanged } from "./form.js";
import * as keys from "./keys.js";
import * as quote from "./quote.js";
import { putTokenInForms } from "./request.js";
import * as restoring from "./restoring.js";
import * as saving from "./saving.js";
import * as sending from "./sending.js";
import * as sheets from "./sheets.js";
import * as store from "./store.js";
import * as times from "./times.js";

const SHOWING = [sheets, criteria, keys, quote, times, activity];
const KEEPING = [store, saving, sending, restoring];
let mounted = null;
let shownAt = location.pathname;

function mount({ isSwapped = false } = {}) {
  const form = document.getElementById("rating");
  const kept = form?.querySelector("[data-desk]")?.dataset;
  if (!kept) return;
  mounted = new AbortController();
  const desk = {
    root: document.body,
    form,
    url: form.getAttribute("action"),
    draftUrl: kept.draftUrl,
    tokenUrl: kept.tokenUrl,
    nextUrl: kept.nextUrl,
    signInUrl: kept.signInUrl,
    draftSavedAt: kept.draftSavedAt,
    owner: kept.owner,
    study: kept.study,
    position: Number(kept.position),
    isToChoose: "isToChoose" in kept,
    window: form.elements.submission.value,
    signal: mounted.signal,
    isSwapped,
    focus: focusStart,
    show,
  };
  form.addEventListener("input", () => announce(desk, "desk:changed"), { signal: desk.signal });
  const isLocked = !form.querySelector("[data-submit]");
  for (const part of isLocked ? SHOWING : [...SHOWING, ...KEEPING]) part.mount(desk);
  // Also what was typed before this script was there.
  if (!isLocked && ("isUnsaved" in kept || hasChanged(form))) announce(desk, "desk:changed");
}

// Puts another item, or this one with its errors, in the place of what is shown.
function show(html, url) {
  const page = new DOMParser().parseFromString(html, "text/html");
  mounted?.abort();
  for (const part of ["header", "main"]) {
    const next = page.querySelector(`body > ${part}`);
    const last = document.querySelector(`body > ${part}`);
    if (isSameItem(last, next)) keepTexts(last, next);
    last.replaceWith(next);
  }
  document.title = document.querySelector("main").dataset.title;
  if (new URL(url, location.href).href !== location.href) history.pushState(null, "", url);
  shownAt = location.pathname;
  putTokenInForms();
  scrollTo(0, 0);
  mount({ isSwapped: true });
  focusStart();
}

const isSameItem = (one, other) => {
  const [here, there] = [one, other].map((part) => part.querySelector("#rating")?.getAttribute("action"));
  return Boolean(here) && here === there;
};

// An item that comes back with errors is read on where it was: its post stays open.
function keepTexts(last, next) {
  next.querySelector(".desk__read").replaceWith(last.querySelector(".desk__read"));
}

// The first error, else the first criterion's score. By touch the page begins at its top, as there is no key to press.
function focusStart() {
  const error = document.querySelector("main [autofocus]:not([popover], [popover] *)");
  const criterion = document.querySelector("[data-criterion]");
  const score = criterion?.querySelector("input:checked") ?? criterion?.querySelector("input");
  const isTouch = matchMedia("(pointer: coarse)").matches;
  if (error) error.focus();
  else (isTouch ? document.querySelector("main") : score)?.focus({ preventScroll: true });
}

// A link within the page, as the one that skips to its content, is no other item.
addEventListener("popstate", () => location.pathname !== shownAt && location.reload());
mount();
// Who was quicker than this script stays where she is.
if (document.activeElement === document.body) focusStart();
