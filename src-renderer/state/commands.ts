/** Actions the palette offers besides the pages. A page adds its own while it is in view. */

import { useEffect } from 'react'
import { create } from 'zustand'

export interface Command {
  readonly id: string
  readonly label: string
  /** Shown beside the label, e.g. `Ctrl N`. */
  readonly keys?: string
  readonly run: () => void
}

interface CommandsState {
  readonly commands: readonly Command[]
  readonly paletteOpen: boolean
}

export const useCommandsStore = create<CommandsState>()(() => ({
  commands: [],
  paletteOpen: false,
}))

export const setPaletteOpen = (paletteOpen: boolean): void =>
  useCommandsStore.setState({ paletteOpen })

/** Offers commands while the calling component is mounted. Pass a stable (memoised) list. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    useCommandsStore.setState((state) => ({ commands: [...state.commands, ...commands] }))
    return () => {
      useCommandsStore.setState((state) => ({
        commands: state.commands.filter((command) => !commands.includes(command)),
      }))
    }
  }, [commands])
}
