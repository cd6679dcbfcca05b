/**
 * Key chords as text: modifiers in the order Mod, Ctrl, Alt, Shift, then the key, joined by `+`: `Mod+Shift+Z`, `F`,
 * `?`. `Mod` is Cmd on a Mac and Ctrl elsewhere. A printed sign that needs Shift (`?`) is written without it.
 */
export type KeyPress = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean };

const MODIFIER_KEYS = ['Control', 'Meta', 'Alt', 'Shift', 'AltGraph', 'CapsLock'];
const SHOWN: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  Enter: '↵',
};
const MAC_SIGNS: Readonly<Record<string, string>> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };

/** The chord of a key press; null while only modifiers are held. */
export function chordOf(press: KeyPress, mac: boolean): string | null {
  const { key } = press;
  if (MODIFIER_KEYS.includes(key)) return null;
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
  return [...modifiersOf(press, mac), name].join('+');
}

function modifiersOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress, mac: boolean): string[] {
  const isPrintedSign = key.length === 1 && key !== ' ' && key.toLowerCase() === key.toUpperCase();
  const held: [string, boolean][] = [
    ['Mod', mac ? metaKey : ctrlKey],
    [mac ? 'Ctrl' : 'Meta', mac ? ctrlKey : metaKey],
    ['Alt', altKey],
    ['Shift', shiftKey && !isPrintedSign],
  ];
  return held.flatMap(([name, isHeld]) => (isHeld ? [name] : []));
}

/** The parts of a chord as they are printed on keys: `['Ctrl', 'Shift', 'Z']`. */
export function chordParts(chord: string, mac: boolean): string[] {
  const parts = chord.endsWith('++')
    ? [...chord.slice(0, -2).split('+'), '+']
    : chord === '+'
      ? ['+']
      : chord.split('+');
  return parts.map((part) => {
    if (mac && part in MAC_SIGNS) return MAC_SIGNS[part]!;
    return part === 'Mod' ? 'Ctrl' : (SHOWN[part] ?? part);
  });
}

/** Whether a chord would be typed into a text field rather than be a command there. */
export function isTyping(chord: string): boolean {
  return !/^(Mod|Ctrl|Alt|Meta)\+|^F\d+$|^Escape$/.test(chord);
}

/** Whether the keyboard is that of a Mac, by what the browser says of its platform. */
export function isMac(platform: string = globalThis.navigator.platform): boolean {
  return /^(Mac|iP)/.test(platform);
}

/** A chord in one string, for tooltips: `Ctrl+Shift+Z`, on a Mac `⇧⌘Z` in the order of its parts. */
export function printed(chord: string, mac: boolean = isMac()): string {
  return chordParts(chord, mac).join(mac ? '' : '+');
}
