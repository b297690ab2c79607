function render({ model, el }) {
  const image = document.createElement("img");
  image.className = "mmcourse-picture";
  let address = "";
  const show = () => {
    const before = address;
    address = URL.createObjectURL(new Blob([model.get("value")], { type: "image/png" }));
    image.src = address;
    URL.revokeObjectURL(before);
  };
  const name = () => { image.alt = model.get("alt"); };
  const size = () => { // the place is kept while the first picture is on its way
    const [width, height] = [model.get("width"), model.get("height")];
    image.style.cssText = `width:${width}px;max-width:100%;height:auto;aspect-ratio:${width}/${height};display:block`;
  };
  let screen = null;
  const tell = () => { // again when the window moves to another screen, or is zoomed
    screen = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    screen.addEventListener("change", tell, { once: true });
    if (model.get("density") === window.devicePixelRatio) return;
    model.set("density", window.devicePixelRatio);
    model.save_changes();
  };
  for (const act of [show, name, size, tell]) act();
  model.on("change:value", show);
  model.on("change:alt", name);
  model.on("change:width change:height", size);
  el.appendChild(image);
  return () => {
    screen.removeEventListener("change", tell);
    model.off("change:value", show);
    URL.revokeObjectURL(address);
  };
}

export default { render };
