// JupyterLab and Notebook 7 look for shortcuts in every key press, also in one meant for a list or a slider: "x" would
// cut the cell. Where the element in focus has this attribute they do not look (theirs are for whatever has the focus,
// so that an attribute further out comes too late). Saving stays: the browser would save its own page.
const BOXES = ".mmcourse-panel, .mmcourse-guess, .mmcourse-quiz, .mmcourse-progress";
const MARK = "data-lm-suppress-shortcuts";

function keep(event) {
  if (!(event.target instanceof Element && event.target.closest(BOXES))) return;
  const saves = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
  event.target.toggleAttribute(MARK, !saves);
}

// A slider's label stands beside it, where a screen reader does not look for its name.
function nameSliders() {
  for (const box of document.querySelectorAll(BOXES))
    for (const slider of box.querySelectorAll(".widget-slider"))
      slider.querySelector("[role=slider]")?.setAttribute("aria-label", slider.querySelector("label")?.textContent ?? "");
}

export default {
  initialize() {
    if (window.mmcourseKeeps) return; // one listener for the whole page, before those of the page itself
    window.mmcourseKeeps = true;
    window.addEventListener("keydown", keep, true);
  },
  render() {
    for (const pause of [0, 300, 2000]) setTimeout(nameSliders, pause); // the neighbours may come later
  },
};
