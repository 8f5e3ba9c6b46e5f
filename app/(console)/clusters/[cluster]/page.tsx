import { ClusterScreen } from '@/components/cluster/ClusterScreen';

type Params = { params: Promise<{ cluster: string }> };

export default async function ClusterPage({ params }: Params) {
  const { cluster } = await params;
  return <ClusterScreen id={cluster} />;
}
