"""Lesson 09: structures: tokens that ask each other, twins, towers that meet at every depth, a small graph.

``CrossAttention`` alone also takes sequences, (B, T, D_name), T tokens; L is the depth.
Letters: B batch, M modalities, D_m numbers of modality m, W width of the result, R rank.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.attention import scaled_dot_product
from mmcourse.fusion_operators.contract import Batch, Fusion, Present, Sizes
from mmcourse.fusion_operators.place_by_place import Meeting, mean_of_present


class CrossAttention(Meeting):
    """Each token asks the tokens of the *other* modalities and adds their answer: h + softmax(q kᵀ / √W) v.

    Then the mean over tokens and modalities. Takes (B, T, D_m), every modality with a T of its own, or (B, D_m) as one
    token. After an idea of Lu, Batra, Parikh and Lee (ViLBERT, NeurIPS 2019) and Tsai and others (ACL 2019), whose
    models stack whole Transformer blocks with weights of their own for each direction; here one head, one layer,
    shared weights.
    With two modalities of one token there is one answer to choose from: its weight is 1, whatever is asked.
    Parameters: Σ (D_m W + W) + 3 W W.
    """

    axes = (2, 3)

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.query, self.key, self.value = (nn.Linear(width, width, bias=False) for _ in range(3))

    def looks(self, batch: Batch, present: Present | None = None) -> tuple[Tensor, dict[str, Tensor]]:
        """The mix (B, W), and for each modality who its tokens looked at: {name: (B, T, S)}, S tokens of the others."""
        return self.look(*self.rows(batch, present))

    def look(self, rows: list[Tensor], here: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """M tensors (B, T_m, D_m) or (B, D_m), here (M, B) → the mix and the attention weights."""
        rows = [x if x.ndim == 3 else x[:, None] for x in rows]  # (B, T, D_m)
        tokens = [self.enter[name](x) for name, x in zip(self.names, rows, strict=True)]  # (B, T, W)
        flags = [there[:, None].expand(x.shape[:2]) for x, there in zip(rows, here, strict=True)]  # (B, T)
        found, weights = [], {}
        for m, name in enumerate(self.names):
            others = torch.cat(tokens[:m] + tokens[m + 1 :], 1)  # (B, S, W)
            allowed = torch.cat(flags[:m] + flags[m + 1 :], 1).unsqueeze(1)  # (B, 1, S)
            answers, weights[name] = scaled_dot_product(
                self.query(tokens[m]), self.key(others), self.value(others), allowed
            )
            found.append((tokens[m] + answers).mean(1))  # (B, W)
        return mean_of_present(torch.stack(found), here), weights

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.look(rows, here)[0]


class Siamese(Meeting):
    """One small network reads every modality, t_m = ReLU(T h_m), and they are compared: C [mean t; mean |t_m - t_n|].

    The idea of shared weights and a comparison is that of Bromley, Guyon, LeCun, Säckinger and Shah (NIPS 1993), whose
    twins read two inputs of one kind and compare by a cosine; ways in and head are ours. The differences are averaged
    over the pairs in which both are present. Parameters: Σ (D_m W + W) + (W W + W) + (2 W W + W).
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.twin, self.compare = nn.Linear(width, width), nn.Linear(2 * width, width)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        t = F.relu(self.twin(self.meet(rows, here)))  # (M, B, W)
        pairs = torch.combinations(torch.arange(len(t), device=t.device)).T  # (2, pairs)
        apart = (t[pairs[0]] - t[pairs[1]]).abs()  # (pairs, B, W)
        differences = mean_of_present(apart, here[pairs[0]] & here[pairs[1]])
        return self.compare(torch.cat([mean_of_present(t, here), differences], dim=1))


class Hierarchical(Fusion):
    """Meet at every depth: each modality has a tower of L layers, and a joint tower reads all of them at each.

    h_m,l = ReLU(A_m,l h_m,l-1), and j_l = ReLU(J_l [h_1,l; ...; h_M,l; j_l-1]); absent towers are zeros. In the
    spirit of CentralNet, Vielzeuf, Lechervy, Pateux and Jurie (ECCV workshops 2018), which adds the towers with learnt
    weights, one number for each tower and depth, and trains with a loss for each tower as well.
    Parameters: Σ (D_m W + W) + (L - 1) M (W W + W) + (M W W + W) + (L - 1) ((M + 1) W W + W).
    """

    def __init__(self, sizes: Sizes, width: int, depth: int = 2) -> None:
        super().__init__(sizes, width)
        self.towers = nn.ModuleDict(
            {
                name: nn.ModuleList(nn.Linear(width if level else self.sizes[name], width) for level in range(depth))
                for name in self.names
            }
        )
        self.joints = nn.ModuleList(nn.Linear((len(sizes) + (level > 0)) * width, width) for level in range(depth))

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        joint: list[Tensor] = []
        for level, meeting in enumerate(self.joints):
            rows = [
                torch.where(there.unsqueeze(1), F.relu(self.towers[name][level](x)), 0.0)
                for name, x, there in zip(self.names, rows, here, strict=True)
            ]
            joint = [F.relu(meeting(torch.cat([*rows, *joint], dim=1)))]  # (B, W)
        return joint[0]


class Relation(Meeting):
    """A small graph: one node for each modality of each sample; a node listens to nodes in proportion to likeness.

    A node hears all modalities of its own sample, and the same modality of all samples **in the batch**, itself among
    both, each with a softmax over cosines times ``sharpness``: n = ReLU(A h + S Σ shares h + N Σ shares h); the
    result is the mean over modalities. So a result depends on who else is in the batch. In the spirit of graph
    attention: Veličković and others (ICLR 2018). Parameters: Σ (D_m W + W) + (W W + W) + 2 W W.
    """

    def __init__(self, sizes: Sizes, width: int, sharpness: float = 5.0) -> None:
        super().__init__(sizes, width)
        self.sharpness, self.own = sharpness, nn.Linear(width, width)
        self.senses, self.neighbours = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)

    def edges(self, h: Tensor, here: Tensor) -> tuple[Tensor, Tensor]:
        """h (M, B, W), here (M, B) → shares between modalities (B, M, M) and between samples (M, B, B)."""
        unit = F.normalize(h, dim=-1)
        across = torch.einsum("mbw,nbw->bmn", unit, unit), here.T.unsqueeze(1)
        among = unit @ unit.mT, here.unsqueeze(1)
        return tuple(
            mask * torch.where(mask, self.sharpness * likeness, -1e9).softmax(-1) for likeness, mask in (across, among)
        )

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        h = self.meet(rows, here)
        across, among = self.edges(h, here)
        heard = self.senses(torch.einsum("bmn,nbw->mbw", across, h)) + self.neighbours(among @ h)  # (M, B, W)
        return mean_of_present(F.relu(self.own(h) + heard), here)
