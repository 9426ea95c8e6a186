// Buttons of which one at a time is pressed, which the style shows and screen readers say.

/** Presses the buttons of an element for which `isPressed` holds, and none else. */
export function pressWhere(element, isPressed) {
  for (const button of element.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(isPressed(button)));
  }
}
