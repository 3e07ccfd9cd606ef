/** Views that are drawn again only when one of their props is another one, or something they follow has changed. */
import { Component, type ComponentType, type FunctionComponent } from 'preact';

export function memo<P extends object>(View: FunctionComponent<P>): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return Object.entries(next).some(([name, value]) => value !== this.props[name as keyof P]);
    }

    override render(props: P) {
      return <View {...props} />;
    }
  };
}
