// The passage: a text area to write in, and in its place, once there are answers, the text with one of them marked.

const context = document.querySelector('#context');
const passage = document.querySelector('#passage');
const editButton = document.querySelector('#edit');

/** Takes the text to be asked. */
export function readPassage() {
  return context.value;
}

/** Shows another text, unmarked, where the one before is shown. */
export function writePassage(text) {
  if (text === context.value) return;
  context.value = text;
  unmarkAnswer();
}

/** Marks `[start, end)`, in UTF-16 units, and brings it into view. Nothing of the text is read as markup. */
export function markAnswer({ start, end }) {
  const text = context.value;
  const mark = document.createElement('mark');
  mark.textContent = text.slice(start, end);
  passage.replaceChildren(text.slice(0, start), ...(end > start ? [mark] : []), text.slice(end));
  const hadFocus = document.activeElement === context;
  passage.hidden = false;
  editButton.hidden = false;
  context.hidden = true;
  if (hadFocus) passage.focus();
  const offset = mark.offsetTop - passage.offsetTop;
  if (offset < passage.scrollTop || offset > passage.scrollTop + passage.clientHeight - 40) {
    passage.scrollTop = offset - passage.clientHeight / 3;
  }
}

/** Takes the mark out of the text, where it is shown. */
export function unmarkAnswer() {
  if (!passage.hidden) passage.replaceChildren(context.value);
}

/** Goes back to the text area. */
function showEditor() {
  passage.hidden = true;
  editButton.hidden = true;
  context.hidden = false;
}

/** Calls `onEdit` when the user turns to the text again, whose answers are then out of date. */
export function onEdit(callback) {
  editButton.addEventListener('click', () => {
    showEditor();
    callback();
    context.focus();
  });
  context.addEventListener('input', callback);
}
