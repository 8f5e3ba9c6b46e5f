import { FleetScreen } from '@/components/fleet/FleetScreen';

export default function FleetPage() {
  return <FleetScreen />;
}
