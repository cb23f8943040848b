package dev.tokamak.libtorch.tensors;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * An operator of libtorch that has no Java method, called through the dispatcher. A wrong number of arguments would kill the
 * process, so it is compared with the schema once.
 */
public final class BoxedOperator implements AutoCloseable {
    private final OperatorHandle handle;

    /**
     * Finds an operator.
     *
     * @param name with its namespace, such as {@code aten::mm}
     * @param schema what the operator's schema must begin with, from the parenthesis on; guards against another version
     * @throws UnsupportedOperationException if this libtorch lacks it, or has it with other arguments
     */
    public BoxedOperator(String name, String schema) {
        try {
            handle = new OperatorHandle(Dispatcher.singleton().findSchemaOrThrow(name, ""));
        } catch (RuntimeException e) {
            throw new UnsupportedOperationException("this libtorch lacks " + name, e);
        }
        String found = torch.toString(handle.schema()).getString();
        if (!found.startsWith(name + schema)) {
            throw new UnsupportedOperationException("this libtorch has " + found + ", not " + name + schema);
        }
    }

    /** An empty list of the type that an argument asks for. */
    public IValue emptyList(int argument) {
        try (GenericList list = new GenericList(
                handle.schema().arguments().getPointer(argument).type().get().containedType(0))) {
            return new IValue(list);
        }
    }

    /**
     * Calls the operator.
     *
     * @param arguments as many as the schema has
     * @return its first result, owned by the caller
     */
    public IValue call(IValue... arguments) {
        try (IValueVector stack = new IValueVector()) {
            for (IValue argument : arguments) {
                stack.push_back(argument);
            }
            handle.callBoxed(stack);
            return new IValue(stack.get(0));
        }
    }

    /** {@link #call} for an operator that returns a tensor. */
    public Tensor callTensor(IValue... arguments) {
        try (IValueVector stack = new IValueVector()) {
            for (IValue argument : arguments) {
                stack.push_back(argument);
            }
            handle.callBoxed(stack);
            return new Tensor(stack.get(0).toTensor());
        }
    }

    @Override
    public void close() {
        handle.close();
    }
}
