// Copies a field's text: <input id="x" readonly> <button data-copy="x" hidden>Copy</button>.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      // No clipboard on plain http away from this computer: the text is selected, so the keys work.
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (button.textContent = label), 3000);
  });
}
