import { type Status, StatusMark, statusText } from '@/components/ui/StatusMark';

/** A status as large as the text around it. */
export function WallMark({ status }: { status: Status }) {
  return (
    <span className={`wall-mark ${statusText(status)}`}>
      <StatusMark status={status} />
    </span>
  );
}
