/** A view that takes nothing else along where what it is given cannot be drawn. */
import { Component, type ComponentType } from 'preact';
import { ChatContext, type ViewContext } from './context';

/** It is not there for as long as it has the props that it failed with. */
export function guarded<P extends object>(View: ComponentType<P>): ComponentType<P> {
  return class extends Component<P, { failed?: P }> {
    static override contextType = ChatContext;

    override componentDidCatch(error: Error): void {
      (this.context as ViewContext).report(error);
      this.setState({ failed: this.props });
    }

    override render(props: P, { failed }: { failed?: P }) {
      return failed &&
        Object.entries(props).every(([name, value]) => failed[name as keyof P] === value) ? null : (
        <View {...props} />
      );
    }
  };
}
