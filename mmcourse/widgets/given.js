// What pad, microphone and upload share: parts of the page, the line of words, the button for a file, one message at a time.
const MEGA = 1e6;

function part(kind, properties, css) {
  const made = Object.assign(document.createElement(kind), properties);
  made.style.cssText = css ?? "";
  return made;
}

function button(text, name, act) {
  const made = part("button", { className: "jupyter-button", type: "button", textContent: text }, "width:auto;margin:0");
  made.setAttribute("aria-label", name);
  made.addEventListener("click", act);
  return made;
}

// Shows the label on top and the words at the bottom; say() puts words there before Python has answered.
function frame(model, el, middle) {
  const words = part("div", {}, "line-height:1.4;min-height:2.8em;max-width:260px;overflow-wrap:anywhere");
  const say = (text, wrong = false) => {
    words.textContent = text;
    words.style.color = wrong ? "var(--jp-error-color1, #b00020)" : "";
  };
  const answer = () => say(model.get("words"), model.get("refused"));
  words.setAttribute("role", "status"); // a screen reader reads what changes here
  const box = part("div", { className: "mmcourse-given" }, "padding:2px 16px 4px 2px;color:var(--jp-content-font-color1, inherit)");
  box.append(part("div", { textContent: model.get("label") }, "line-height:1.5"), ...middle, words);
  el.append(box);
  model.on("change:words change:refused", answer);
  answer();
  return { say, answer, forget: () => model.off("change:words change:refused", answer) };
}

// The last thing given waits until Python has taken the one before, so that a busy kernel is not flooded.
function sender(model) {
  let free = true, next = null;
  const go = () => {
    if (!free || !next) return;
    const [content, buffers] = next;
    [free, next] = [false, null];
    model.send(content, undefined, buffers);
  };
  const came = (content, buffers) => {
    if (content.kind !== "taken") return;
    free = true;
    go();
  };
  model.on("msg:custom", came);
  return { send: (content, buffers = []) => { next = [content, buffers]; go(); }, forget: () => model.off("msg:custom", came) };
}

// A button that opens the browser's own choice of files; chosen(file) sees the file before it is sent.
function chooser(model, say, post, chosen = () => {}) {
  const input = part("input", { type: "file", accept: model.get("accept") }, "display:none");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    input.value = ""; // so that the same file may be chosen again
    if (!file) return;
    const most = model.get("most");
    if (file.size > most) {
      const size = `${(file.size / MEGA).toFixed(0)} MB, expected at most ${(most / MEGA).toFixed(0)} MB`;
      say(`${file.name}: got ${size}; make it smaller first`, true);
      return;
    }
    try {
      const content = await file.arrayBuffer();
      say(`reading ${file.name} …`);
      chosen(file);
      post({ kind: "file" }, [content]);
    } catch (error) {
      say(`${file.name}: the browser could not read it (${error.name})`, true);
    }
  });
  const open = button(model.get("choose"), `${model.get("label")}: ${model.get("choose")}`, () => input.click());
  return [open, input];
}
