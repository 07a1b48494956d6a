import { EmptyState } from '../../../kit/empty-state.tsx'

export function ChatStudio({ threadId }: { readonly threadId: string | undefined }) {
  return <EmptyState title="Chat" text={threadId} />
}
