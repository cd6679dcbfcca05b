import { readFile } from 'node:fs/promises';
import { AppError } from '../../contract/errors.ts';
import { recipeSchema, type Recipe } from '../../train/augmentation/recipe.ts';

const HINT = 'Take the recipe.json that learn-augmentation wrote.';

/** @throws AppError `not-found`, or `bad-config` naming what is wrong in the file */
export async function readRecipe(file: string): Promise<Recipe> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('not-found', `recipe: cannot read '${file}'.`, { cause, hint: 'Check the path.' });
  });
  const parsed = recipeSchema.safeParse(jsonOf(text, file));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  throw new AppError('bad-config', `recipe '${file}': ${where}${message}.`, { cause: parsed.error, hint: HINT });
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError('bad-config', `recipe '${file}': not JSON.`, { cause, hint: HINT });
  }
}
