const BUTTON_TYPES = ['button', 'checkbox', 'radio', 'range', 'color', 'file', 'submit', 'reset'];

/** Whether keys that are pressed there are typed into it. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !BUTTON_TYPES.includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
