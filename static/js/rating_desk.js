// The desk's keys. Without this module the desk works by mouse, touch, Tab and arrows.

const form = document.getElementById("rating");
const criteria = [...form.querySelectorAll("[data-criterion]")];
const submit = form.querySelector("[data-submit]");
const movesOn = document.querySelector('[data-setting="moves-on"]');
const MOVES_ON = "desk-moves-on";

const pointsOf = (criterion) => [...criterion.querySelectorAll('input[type="radio"]')];
const rationaleOf = (criterion) => criterion.querySelector("[data-rationale]");
const chosenOf = (criterion) => criterion.querySelector('input[type="radio"]:checked');

function focusOn(criterion) {
  const field = chosenOf(criterion) ?? pointsOf(criterion)[0];
  field.focus();
  criterion.scrollIntoView({ block: "nearest" });
}

function isRationaleMissing(criterion) {
  const rationale = rationaleOf(criterion);
  const isRequired = "required" in rationale.dataset || "needsRationale" in (chosenOf(criterion)?.dataset ?? {});
  return isRequired && !rationale.value.trim();
}

function showChoice(criterion) {
  const chosen = chosenOf(criterion);
  criterion.querySelector("[data-chosen]").textContent = chosen.dataset.says;
  if ("needsRationale" in chosen.dataset) criterion.querySelector("details").open = true;
}

function moveOnFrom(criterion) {
  const next = criteria[criteria.indexOf(criterion) + 1];
  if (isRationaleMissing(criterion)) rationaleOf(criterion).focus();
  else if (next) focusOn(next);
  else submit.focus();
}

function pointFor(criterion, digit) {
  const key = digit === "0" ? "10" : digit;
  return pointsOf(criterion).find((point) => point.value === key);
}

// The criterion that has the focus; from elsewhere on the desk, the first without a score.
function currentCriterion() {
  return document.activeElement.closest("[data-criterion]") ?? criteria.find((criterion) => !chosenOf(criterion));
}

function onKey(event) {
  if (event.isComposing || openSheet()) return;
  const inText = event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(submit);
  } else if (event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (event.key === "Escape" && event.target.matches("[data-rationale]")) {
    focusOn(event.target.closest("[data-criterion]"));
  } else if (inText) {
    return;
  } else if (event.key === "?") {
    document.getElementById("keys").showPopover();
  } else if (/^[0-9]$/.test(event.key)) {
    scoreBy(event.key, event);
  }
}

function scoreBy(digit, event) {
  const criterion = currentCriterion();
  const point = criterion && pointFor(criterion, digit);
  if (!point) return;
  event.preventDefault();
  point.checked = true;
  showChoice(criterion);
  if (movesOn.checked) moveOnFrom(criterion);
  else point.focus();
}

const openSheet = () => document.querySelector(".sheet:popover-open");

function rememberMovesOn() {
  movesOn.checked = localStorage.getItem(MOVES_ON) !== "no";
  movesOn.addEventListener("change", () => localStorage.setItem(MOVES_ON, movesOn.checked ? "yes" : "no"));
}

function showLocalTimes() {
  for (const time of document.querySelectorAll("[data-local-time]")) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  }
}

showLocalTimes();
for (const criterion of criteria) {
  criterion.addEventListener("change", (event) => event.target.type === "radio" && showChoice(criterion));
}
if (submit) {
  rememberMovesOn();
  document.addEventListener("keydown", onKey);
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const start = form.querySelector("[data-criterion] [autofocus]") ?? (isTouch ? null : chosenOf(criteria[0]) ?? pointsOf(criteria[0])[0]);
  start?.focus({ preventScroll: true });
  if (start?.autofocus) start.closest("[data-criterion]").scrollIntoView({ block: "nearest" });
}
