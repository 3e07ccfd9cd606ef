/** A view that takes nothing else along where what it is given cannot be drawn. */
import { Component, type ComponentType } from 'preact';
import { useChat } from './context';

type Props<P> = { of: P; report: (error: Error) => void };

/** It is not there for as long as it has the props that it failed with. */
export function guarded<P extends object>(View: ComponentType<P>): ComponentType<P> {
  class Guard extends Component<Props<P>, { failed?: P }> {
    override componentDidCatch(cause: Error): void {
      const { of, report } = this.props;
      this.setState({ failed: of });
      report(Object.assign(cause, { name: 'ReplyError' }));
    }

    override render({ of }: Props<P>, { failed }: { failed?: P }) {
      const isSame = failed && Object.entries(of).every(([name, value]) => failed[name as keyof P] === value);
      return isSame ? null : <View {...of} />;
    }
  }
  return function Guarded(props: P) {
    return <Guard of={props} report={useChat().report} />;
  };
}
