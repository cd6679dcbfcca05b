/** What panels keep while a project is open, by name. It is looked up, never watched. */
export class PanelStates {
  readonly #byName = new Map<string, unknown>();

  /** What is kept under a name, made at the first time. */
  keep<T>(name: string, make: () => T): T {
    if (!this.#byName.has(name)) this.#byName.set(name, make());
    return this.#byName.get(name) as T;
  }

  clear(): void {
    this.#byName.clear();
  }
}
