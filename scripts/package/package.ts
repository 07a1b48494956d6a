export function packageApp(_args: readonly string[]): Promise<number> {
  throw new Error('todo')
}
