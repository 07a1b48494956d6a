/** The files that commands read and write. */

import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { failure, type Result, success } from '#shared/result.ts'
import { usage } from './arguments.ts'

function readText(file: string): Result<string> {
  try {
    return success(readFileSync(file, 'utf8'))
  } catch (error) {
    return fileFailure(file, error)
  }
}

/** Reads a JSON file. Fails if it cannot be read, or with `usage` if it is not JSON. */
export function readJsonFile(file: string): Result<unknown> {
  const text = readText(file)
  if (!text.ok) return text
  try {
    return success(JSON.parse(text.data) as unknown)
  } catch (error) {
    return usage(`${file} is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

/** Writes a new file readable by its owner only. Fails if the file exists. */
export async function writeText(
  file: string,
  chunks: AsyncIterable<string>,
): Promise<Result<null>> {
  try {
    const handle = await open(file, 'wx', 0o600)
    try {
      for await (const chunk of chunks) await handle.write(chunk)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return success(null)
  } catch (error) {
    return fileFailure(file, error)
  }
}

function fileFailure(file: string, error: unknown) {
  const message = error instanceof Error ? error.message : String(error)
  return failure('file_not_usable', `${file} cannot be used: ${message}`)
}
