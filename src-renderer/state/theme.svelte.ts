export type ThemeChoice = 'system' | 'light' | 'dark';

/** Light or dark: follows the system until somebody chooses. */
export class Theme {
  #choice = $state<ThemeChoice>('system');
  #systemIsDark = $state(false);
  readonly #onChosen: (choice: ThemeChoice) => void;

  constructor(onChosen: (choice: ThemeChoice) => void) {
    this.#onChosen = onChosen;
    const query = matchMedia('(prefers-color-scheme: dark)');
    this.#systemIsDark = query.matches;
    query.addEventListener('change', ({ matches }) => (this.#systemIsDark = matches));
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  get isDark(): boolean {
    return this.#choice === 'system' ? this.#systemIsDark : this.#choice === 'dark';
  }

  choose(choice: ThemeChoice): void {
    this.apply(choice);
    this.#onChosen(choice);
  }

  /** Takes over a stored choice. */
  apply(choice: ThemeChoice): void {
    this.#choice = choice;
    const { dataset } = document.documentElement;
    if (choice === 'system') delete dataset['theme'];
    else dataset['theme'] = choice;
  }
}
