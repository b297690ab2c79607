"""What to do about an error that a learner's code raised: one sentence for each usual one."""

import math
import re

from mmcourse.practice.trial import Outcome

ERRORS = {
    "NameError": "A name is not known: is it misspelt, or was the cell that defines or imports it not run?",
    "UnboundLocalError": "A variable is used before it gets a value on this way through the function.",
    "ZeroDivisionError": "Something is divided by 0 in this case.",
    "OverflowError": "A number grows too large for Python here, or an infinite one is made whole: is exp or a power "
    "taken of a large number? Taking the largest away first keeps exp small.",
    "RecursionError": "The function calls itself without end: which case should stop it?",
    "IndexError": "An index is too large: counting starts at 0 and ends at length - 1.",
    "KeyError": "That key is not in the dict: print its keys.",
    "AttributeError": "That value has no such method or attribute: print type(…) of it.",
    "SystemExit": "exit() and quit() are not needed: return the answer.",
    "AssertionError": "An assert of yours does not hold in this case.",
}
PRODUCT = "The inner lengths of a matrix product must agree: print both shapes."
FLOATS = "Two kinds of numbers are mixed: .float() makes both floats."
MESSAGES = {
    "shapes cannot be multiplied": PRODUCT,
    "size mismatch": PRODUCT,
    "inconsistent tensor size": "The two vectors of a product have different lengths: print both shapes.",
    "Dimension out of range": "This tensor has fewer axes than that: dim=-1 is the last one, whatever their number.",
    "must match the existing size": "An axis cannot be stretched to that length: print both shapes. A negative number "
    "in x[a:b] counts from the end.",
    "could not be broadcast": "Two shapes do not fit together: print both. Is an axis missing?",
    "Sizes of tensors must match": "torch.cat needs equal lengths along every axis but the one it joins.",
    "stack expects each tensor to be equal size": "torch.stack needs equal shapes; torch.cat joins along an axis.",
    "view size is not compatible": "reshape in place of view works here.",
    "only one element": "The functions of math, and float(), take one number. For a whole tensor there are "
    "torch.log, torch.tanh, torch.sqrt and so on.",
    "could not infer output dtype": "mean takes neither True and False nor whole numbers: .float() first.",
    "expected scalar type": FLOATS,
    "same dtype": FLOATS,
    "in-place operation": "An in-place change (+=, x[…] = …) breaks the gradient: make a new tensor.",
    "Boolean value of": "if takes one True or False, not a whole tensor: torch.where, .any() or .all() help.",
    "unexpected keyword argument": "That function has no argument of this name: is it misspelt? help(…) lists them.",
    "not subscriptable": "Something that is no list or tensor is indexed: print type(…) of it.",
    "NoneType": "A value is None: did a function before it forget its return?",
    "not callable": "Something that is no function is called: is a name used twice, or an operator missing?",
}
REDUCTION = re.compile(r"\.?\b(sum|mean|amax|amin|max|min|norm|prod|var|std|logsumexp)\(")


def error_advice(outcome: Outcome) -> str:
    """What to do about the error of an outcome, "" for an unusual one."""
    for look in (_misfit, _reshaped):
        if said := look(outcome):
            return said
    for part, advice in MESSAGES.items():
        if part in outcome.message:
            return advice
    return next((ERRORS[name] for name in outcome.ancestors if name in ERRORS), "")


def _misfit(outcome: Outcome) -> str:
    """Two lengths that do not fit; keepdim only where a sum, a mean or a maximum stands in the line."""
    found = re.search(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\).*?(\d+)$", outcome.message)
    if not found:
        return ""
    words = f"Along axis {found[3]} the lengths {found[1]} and {found[2]} do not fit together: print both shapes."
    if REDUCTION.search(outcome.line) and "keepdim" not in outcome.line:
        return f"{words} keepdim=True keeps the axis that a sum, mean or maximum would take away."
    return f"{words} Is one cut at the wrong place, or an axis missing (x[:, None] puts one in)?"


def _reshaped(outcome: Outcome) -> str:
    """A reshape that would lose or invent numbers, with the counts."""
    found = re.search(r"shape '\[([-\d, ]+)\]' is invalid for input of size (\d+)", outcome.message)
    if not found:
        return ""
    lengths, size = [int(n) for n in found[1].split(",")], int(found[2])
    count = math.prod(n for n in lengths if n != -1)
    if -1 in lengths:
        return f"reshape keeps every number: {size} do not fall into groups of {count}. Is a rest left over?"
    times = " · ".join(map(str, lengths))
    rest = "Is a rest left over that has to be cut off first?" if count < size else "Is one of the lengths too large?"
    return f"reshape keeps every number: {times} = {count}, and there are {size}. {rest}"
