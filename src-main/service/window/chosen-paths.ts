import { z } from 'zod';
import { filePath } from '../../contract/window/limits.ts';
import type { GrantedPaths } from './granted-paths.ts';

/**
 * Looks for every place on disk in an input, wherever its schema has one.
 * @param input - as the schema gave it
 * @throws AppError `bad-input` for a place that the user did not choose
 */
export function checkChosenPaths(schema: z.ZodType, input: unknown, paths: GrantedPaths): void {
  if (input === undefined || input === null) return;
  if (schema === filePath) paths.check(input as string);
  else if (schema instanceof z.ZodObject) checkObject(schema, input as Record<string, unknown>, paths);
  else if (schema instanceof z.ZodArray)
    for (const item of input as unknown[]) checkChosenPaths(schema.element as z.ZodType, item, paths);
  else if (schema instanceof z.ZodUnion) checkChosenPaths(optionOf(schema, input), input, paths);
  else if (isWrapper(schema)) checkChosenPaths(schema.unwrap() as z.ZodType, input, paths);
}

function checkObject({ shape }: z.ZodObject, input: Record<string, unknown>, paths: GrantedPaths): void {
  for (const [key, schema] of Object.entries(shape)) checkChosenPaths(schema as z.ZodType, input[key], paths);
}

function optionOf(schema: z.ZodUnion, input: unknown): z.ZodType {
  return schema.options.find((option) => z.safeParse(option, input).success) as z.ZodType;
}

function isWrapper(schema: z.ZodType): schema is z.ZodOptional | z.ZodNullable | z.ZodDefault {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
}
