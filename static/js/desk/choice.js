// A calm choice between two states of a form. Nothing is lost until one of them is taken.

import { criteriaOf, pointsOf, rationaleOf } from "./criteria.js";
import { typedIn } from "./form.js";

// Shows the choice of that name from the page's templates, with what the state that the form does not show has in
// other words, and resolves to what the button says: "here" or "there".
export function choose(desk, name, times, fields) {
  const place = desk.root.querySelector("[data-choice-place]");
  const template = desk.root.querySelector(`template[data-choice="${name}"]`);
  const question = template.content.firstElementChild.cloneNode(true);
  for (const time of question.querySelectorAll("[data-time]")) {
    time.textContent = new Date(times[time.dataset.time]).toLocaleString("en-GB", {
      dateStyle: "medium",
      timeStyle: "short",
    });
  }
  question.querySelector("[data-differs]").append(...differences(desk.form, fields));
  place.replaceChildren(question);
  question.scrollIntoView({ block: "nearest" });
  return new Promise((resolve) => {
    question.addEventListener("click", ({ target }) => {
      const answer = target.closest("[data-take]")?.dataset.take;
      if (!answer) return;
      question.remove();
      desk.focus();
      resolve(answer);
    });
  });
}

// One line for each criterion on which the two states differ: its name, its score, and its reason.
function differences(form, fields) {
  const shown = typedIn(form);
  return criteriaOf({ form }).flatMap((criterion) => {
    const names = [pointsOf(criterion)[0].name, rationaleOf(criterion).name];
    if (names.every((name) => (fields[name] ?? "") === (shown[name] ?? ""))) return [];
    const [score, reason] = names.map((name) => fields[name] ?? "");
    const point = pointsOf(criterion).find(({ value }) => value === score);
    const line = document.createElement("li");
    const label = document.createElement("b");
    label.textContent = criterion.dataset.label;
    line.append(label, `: ${point?.dataset.says ?? "no score"}${reason && ", “"}`);
    if (reason) {
      const words = document.createElement("bdi");
      words.textContent = reason;
      line.append(words, "”");
    }
    return [line];
  });
}
