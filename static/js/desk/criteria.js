// The criteria on the page: what is chosen is said in words, and a rationale is opened where it is asked for.

export const criteriaOf = (desk) => [...desk.form.querySelectorAll("[data-criterion]")];
export const pointsOf = (criterion) => [...criterion.querySelectorAll('input[type="radio"]')];
export const chosenOf = (criterion) => criterion.querySelector('input[type="radio"]:checked');
export const rationaleOf = (criterion) => criterion.querySelector("[data-rationale]");
export const criterionWithFocus = () => document.activeElement.closest("[data-criterion]");

// As the server counts: by character, not by UTF-16 unit.
const lengthOf = (text) => [...text.trim()].length;

export function isRationaleRequired(criterion) {
  return "required" in rationaleOf(criterion).dataset || "needsRationale" in (chosenOf(criterion)?.dataset ?? {});
}

function shortfall(criterion) {
  if (!isRationaleRequired(criterion)) return 0;
  const { value, dataset } = rationaleOf(criterion);
  return Math.max(0, Math.max(1, Number(dataset.least)) - lengthOf(value));
}

export const isRationaleMissing = (criterion) => shortfall(criterion) > 0;
export const isUnfinished = (criterion) => !chosenOf(criterion) || isRationaleMissing(criterion);

export function openRationale(criterion) {
  const fold = criterion.querySelector("details");
  if (fold) fold.open = true;
}

export function focusRationale(criterion) {
  openRationale(criterion);
  const rationale = rationaleOf(criterion);
  rationale.focus();
  rationale.setSelectionRange(rationale.value.length, rationale.value.length);
}

export function focusScale(criterion) {
  (chosenOf(criterion) ?? pointsOf(criterion)[0]).focus();
  criterion.scrollIntoView({ block: "nearest" });
}

function showChoice(criterion) {
  const chosen = chosenOf(criterion);
  criterion.querySelector("[data-chosen]").textContent = chosen?.dataset.says ?? "";
  const rationale = rationaleOf(criterion);
  if (rationale.value || "needsRationale" in (chosen?.dataset ?? {})) openRationale(criterion);
}

// Nothing is counted while she writes, nor at all unless a text that was left is too short.
function showShortfall(criterion, { hasLeft }) {
  const rule = criterion.querySelector("[data-rule]");
  if (!rule) return;
  const missing = rationaleOf(criterion).value.trim() ? shortfall(criterion) : 0;
  if (missing && !hasLeft && !("isShort" in rule.dataset)) return;
  rule.toggleAttribute("data-is-short", missing > 0);
  const words = missing === 1 ? "1 more character" : `${missing} more characters`;
  rule.textContent = missing ? `(${words}, please)` : `(${rule.dataset.rule})`;
}

// By its own way the link would lead to another address, which the page takes for another item.
function followToField(event) {
  const link = event.target.closest(".error-summary a");
  if (!link) return;
  event.preventDefault();
  const field = document.getElementById(link.hash.slice(1));
  const criterion = field.closest("[data-criterion]");
  if (criterion && field.matches("[data-rationale]")) openRationale(criterion);
  field.focus();
}

export function mount(desk) {
  desk.criterion = null;
  desk.form.addEventListener("click", followToField);
  for (const criterion of criteriaOf(desk)) {
    criterion.addEventListener("focusin", () => (desk.criterion = criterion));
    criterion.addEventListener("change", () => showChoice(criterion));
    criterion.querySelector("summary")?.addEventListener("click", (event) => {
      event.preventDefault();
      focusRationale(criterion);
    });
    criterion.addEventListener("input", () => showShortfall(criterion, { hasLeft: false }));
    rationaleOf(criterion).addEventListener("blur", () => showShortfall(criterion, { hasLeft: true }));
  }
  // What is put in by a script, as a draft that comes back, ends with one event at the form.
  desk.form.addEventListener("input", ({ target }) => target === desk.form && criteriaOf(desk).forEach(showChoice));
}
