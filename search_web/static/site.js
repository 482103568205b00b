// "/" goes to the query box. Nothing here is needed to use the site.
"use strict";
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const chord = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (event.key !== "/" || typing || chord) return;
  const box = document.getElementById("q");
  event.preventDefault();
  box.focus();
  box.select();
});
