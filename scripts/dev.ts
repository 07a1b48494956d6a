export function dev(_args: readonly string[]): Promise<number> {
  throw new Error('todo')
}
