// The browser's own time zone goes along with what a rater agrees to; the page says so beside the button.

for (const field of document.querySelectorAll("[data-time-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}
