"""What becomes of pictures outside JupyterLab: exported pages say what they show, too."""

from __future__ import annotations

import re

import pytest
from dots import Dot, dot_panel
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from mmcourse.pictures import Progress


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
@pytest.mark.parametrize("made", [Dot().picture, dot_panel], ids=["picture", "panel"])
def test_a_picture_is_exported_once_with_its_words(template, made):
    output = new_output("execute_result", made()._repr_mimebundle_(), execution_count=1)
    output.data.pop("application/vnd.jupyter.widget-view+json", None)  # as the saved file has it
    page, _ = HTMLExporter(template_name=template).from_notebook_node(
        new_notebook(cells=[new_code_cell("picture", outputs=[output])])
    )
    images = [image for image in re.findall(r"<img [^>]*>", page) if "data:image/png" in image]
    assert len(images) == 1 and 'alt="a dot on a line"' in images[0] and 'width="288"' in images[0]
    assert "[panel:" not in page and "[a dot" not in page


def test_a_progress_bar_is_exported_as_its_sentence():
    output = new_output("display_data", Progress("training <b>")._repr_mimebundle_())
    output.data.pop("application/vnd.jupyter.widget-view+json")
    page, _ = HTMLExporter().from_notebook_node(new_notebook(cells=[new_code_cell("bar", outputs=[output])]))
    assert "[progress: training &lt;b&gt;]" in page
