"""What `check`, `guess` and `quiz` answer with: plain words for a saved notebook, a framed text in JupyterLab."""

import dataclasses

from mmcourse.base.text import escape, marked

SYMBOLS = {"passed": "✓", "failed": "✗", "open": "○", "note": "·"}
COLOURS = {
    "passed": "--jp-success-color1, #2e7d32",
    "failed": "--jp-error-color1, #c62828",
    "open": "--jp-info-color1, #0277bd",
    "note": "--jp-border-color1, #757575",
}
FRAME = (
    "border-left:4px solid var({colour}); padding:4px 10px; margin:2px 0; max-width:60em;"
    "line-height:1.45; background:var(--jp-layout-color1, transparent);"
    "color:var(--jp-content-font-color1, inherit);"
    "font-family:var(--jp-content-font-family, sans-serif)"
)

ROW = (
    '<tr style="background:none"><th scope="row" style="text-align:left;padding:0 12px 0 0;'
    'font-weight:normal">{}</th><td style="text-align:left;padding:0"><code>{}</code></td></tr>'
)


@dataclasses.dataclass(frozen=True, repr=False)
class Report:
    """An answer: `headline` in one sentence, `details` as (label, text) pairs, `advice` as further sentences.

    `state` is "passed", "failed", "open" or "note"; `mistake` names the recognised mistake, if there is one.
    """

    name: str
    state: str
    headline: str
    details: tuple[tuple[str, str], ...] = ()
    advice: tuple[str, ...] = ()
    code: str = ""
    mistake: str | None = None

    @property
    def passed(self) -> bool:
        return self.state == "passed"

    @property
    def text(self) -> str:
        width = max((len(label) for label, _ in self.details), default=0)
        lines = [f"{SYMBOLS[self.state]} {self.headline}"]
        lines += [f"    {label:<{width}}  {value}" for label, value in self.details]
        lines += [f"  {sentence}" for sentence in self.advice]
        return "\n".join(lines) + (f"\n\n{self.code}" if self.code else "")

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        rows = "".join(ROW.format(escape(label), escape(value)) for label, value in self.details)
        body = f"<div><strong>{SYMBOLS[self.state]}</strong> {marked(self.headline)}</div>"
        body += f'<table style="margin:4px 0;font-size:inherit;border:none">{rows}</table>' if rows else ""
        body += "".join(f"<div>{marked(sentence)}</div>" for sentence in self.advice)
        body += f'<pre style="margin:6px 0">{escape(self.code)}</pre>' if self.code else ""
        return framed(body, self.state)


def framed(body: str, state: str = "note") -> str:
    """`body` (HTML, already escaped) in the course's frame; a learner's `$` is not taken for a formula."""
    style = FRAME.format(colour=COLOURS[state])
    return f'<div class="mmcourse-{state} tex2jax_ignore mathjax_ignore" style="{style}">{body}</div>'


def announced(body: str, state: str = "note") -> str:
    """`framed`, and read aloud by a screen reader when it appears."""
    return f'<div role="status" aria-live="polite">{framed(body, state)}</div>'
