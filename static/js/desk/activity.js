// Active time: while the item is visible, its window has the focus, and the rater gave a sign of life within the
// last minute. Reading is quiet, so a minute without a sign still counts; what follows it does not. A sheet that
// covers the item is a pause.

const IDLE_MS = 60_000;
const MOST_SPANS = 200;
// So much is lost at most when a browser ends without a word while its rater only reads.
const REPORT_MS = 30_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "input", "wheel", "scroll", "touchstart"];

// Numbers grow with the clock, so that a form goes on counting though its page was loaded anew.
const EPOCH_S = 1_577_836_800;

// By open form, so that one that is shown again after an error goes on where it was.
const spansByWindow = new Map();

let current = null; // {spans, lastSign}
let tellServer = () => {};

const isCovered = () => document.querySelector("[data-covers-item]:popover-open") !== null;
const isAtWork = () => document.visibilityState === "visible" && document.hasFocus() && !isCovered();
const openSpan = () => current?.spans.find((span) => span.isOpen);
const endOfOpen = (now) => Math.min(now, current.lastSign + IDLE_MS);

function close(now) {
  const span = openSpan();
  if (!span) return;
  span.endedAt = endOfOpen(now);
  span.isOpen = false;
}

function noteSign() {
  if (!current) return;
  const now = Date.now();
  if (!isAtWork()) return close(now);
  if (now > current.lastSign + IDLE_MS) close(now);
  current.lastSign = now;
  if (!openSpan()) {
    const number = Math.max(Math.floor(now / 1000) - EPOCH_S, (current.spans.at(-1)?.number ?? 0) + 1);
    current.spans.push({ number, beganAt: now, endedAt: now, isOpen: true });
  }
}

function noteAbsence() {
  if (current && !isAtWork()) close(Date.now());
}

// Every span of the window, each time: the server counts one once, and lets it grow.
export function report() {
  if (!current) return "[]";
  const now = Date.now();
  const spans = current.spans.slice(-MOST_SPANS).map((span) => {
    const endedAt = span.isOpen ? endOfOpen(now) : span.endedAt;
    return { number: span.number, seconds: seconds(endedAt - span.beganAt), ago: seconds(now - endedAt) };
  });
  return JSON.stringify(spans.filter((span) => span.seconds > 0));
}

// A computer's clock may be set back in between.
const seconds = (milliseconds) => Math.max(0, milliseconds) / 1000;

function sendBeacon(form) {
  const spans = report();
  if (spans === "[]") return;
  const fields = new FormData();
  for (const name of ["csrfmiddlewaretoken", "submission"]) fields.set(name, form.elements[name].value);
  fields.set("spans", spans);
  navigator.sendBeacon(new URL("activity/", form.action), fields);
}

export function mount(desk) {
  if (!spansByWindow.has(desk.window)) spansByWindow.set(desk.window, []);
  current = { spans: spansByWindow.get(desk.window), lastSign: -Infinity };
  tellServer = () => sendBeacon(desk.form);
  noteSign();
  // Whatever sends the form, by script or without, takes the spans along.
  desk.form.addEventListener("formdata", (event) => event.formData.set("spans", report()), { signal: desk.signal });
  desk.signal.addEventListener("abort", () => (current = null), { once: true });
}

for (const sign of SIGNS) document.addEventListener(sign, noteSign, { capture: true, passive: true });
document.addEventListener("toggle", () => (isCovered() ? noteAbsence() : noteSign()), { capture: true });
addEventListener("focus", noteSign);
addEventListener("blur", noteAbsence);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") return noteSign();
  noteAbsence();
  tellServer();
});
addEventListener("pagehide", () => {
  if (current) close(Date.now());
  tellServer();
});
setInterval(() => {
  if (openSpan() && Date.now() < current.lastSign + IDLE_MS + REPORT_MS) tellServer();
}, REPORT_MS);
