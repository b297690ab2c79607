function render({ model, el }) {
  const row = part("div", {}, "margin:4px 0"), lines = frame(model, el, [row]), post = sender(model);
  row.append(...chooser(model, lines.say, post.send));
  return () => { for (const one of [post, lines]) one.forget(); };
}

export default { render };
