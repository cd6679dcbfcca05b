/** Functions that want to be told of something. */
export class Listeners<T> {
  readonly #all = new Set<(news: T) => void>();

  /** @returns what takes the listener away again */
  add(listener: (news: T) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(news: T): void {
    for (const listener of this.#all) listener(news);
  }
}
