"""Views and panels of lesson 04."""

from mmcourse.text.pictures.own_words import SIDES, OwnReviewView, own_review, own_review_panel
from mmcourse.text.pictures.scores import MODELS, kind_bars, length_curves, reach_curves, share_bars, tagged
from mmcourse.text.pictures.token_row import TokensView, table_of, tokens, tokens_panel
from mmcourse.text.pictures.word_map import WordExplorerView, apart, principal_plane, word_explorer, word_explorer_panel
