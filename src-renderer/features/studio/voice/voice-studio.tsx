import { EmptyState } from '../../../kit/empty-state.tsx'

export function VoiceStudio() {
  return <EmptyState title="Voice" />
}
