import { EmptyState } from '../../../kit/empty-state.tsx'

export function ImageStudio() {
  return <EmptyState title="Image" />
}
