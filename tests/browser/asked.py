"""Guesses, quizzes and the table of progress: answer each as a learner does, and read what comes back."""

from __future__ import annotations

from typing import Any

from driver import wait_idle


def guesses(page: Any) -> list[Any]:
    """The guesses on the page: the smallest boxes that hold the button to commit."""
    buttons = page.locator("button", has_text="That is my guess").all()
    return [button.locator("xpath=ancestor::*[contains(@class, 'widget-vbox')][1]") for button in buttons]


def answer(page: Any, guess: Any) -> str:
    """Choose or type something and commit to it; returns what the guess says once its answer is revealed."""
    guess.scroll_into_view_if_needed()
    choices, text = guess.locator("input[type=radio]"), guess.locator("input[type=text], input[type=number]")
    if choices.count():
        choices.first.click()
    else:
        hint = text.first.get_attribute("placeholder") or ""
        text.first.fill("yes" if "yes" in hint else "7" if "number" in hint else "something")
        page.keyboard.press("Tab")
    guess.locator("button", has_text="That is my guess").click()
    page.wait_for_function("guess => guess.innerText.includes('the answer is')", arg=guess.element_handle())
    return guess.inner_text()


def give_up(page: Any, guess: Any) -> str:
    """Ask for the answer without a guess; returns what it says."""
    guess.scroll_into_view_if_needed()
    guess.locator("button", has_text="Not sure, show me").click()
    page.wait_for_function("guess => guess.innerText.includes('The answer is')", arg=guess.element_handle())
    return guess.inner_text()


def quizzes(page: Any) -> list[Any]:
    return page.locator(".mmcourse-quiz").all()


def predict(page: Any, quiz: Any, picture: Any = None) -> int:
    """Start a quiz over and choose the first option of every question; how many of the answers are explained.

    A ``picture`` of the whole is taken at the end, where a file is named.
    """
    page.set_viewport_size({"width": 1280, "height": 2600})
    quiz.scroll_into_view_if_needed()
    again = quiz.locator("button", has_text="Again")
    if again.is_enabled():
        again.click()
        wait_idle(page)
    questions = quiz.locator(".widget-vbox:has(> .widget-vbox .mmcourse-option)").all()
    for question in questions:
        question.locator("button.mmcourse-option").first.click()
        page.wait_for_function(
            "question => /Right\\.|Not this one\\./.test(question.innerText)", arg=question.element_handle()
        )
        question.locator("summary").click()
        question.locator("details pre").wait_for(state="visible")
    if picture is not None:
        quiz.screenshot(path=str(picture))
    page.set_viewport_size({"width": 1280, "height": 900})
    return len(questions)
