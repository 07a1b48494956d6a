/** Whether the palette is open. */

import { create } from 'zustand'

export const usePaletteStore = create<{ readonly open: boolean }>()(() => ({ open: false }))

export const setPaletteOpen = (open: boolean): void => usePaletteStore.setState({ open })
