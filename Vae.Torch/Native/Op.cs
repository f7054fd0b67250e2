using System.Text;
using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Calls an operator through the dispatcher. Missing trailing arguments take the schema's defaults.</summary>
internal static unsafe class Op
{
    private const int MostResults = 256;

    /// <summary>Calls an operator with one tensor as its result.</summary>
    internal static Tensor Call(Operator op, params ReadOnlySpan<Arg> args)
    {
        Value result = default;
        Invoke(op, args, &result, 1);
        return Take(result);
    }

    /// <summary>Calls an operator with two tensors as its result.</summary>
    internal static (Tensor, Tensor) Call2(Operator op, params ReadOnlySpan<Arg> args)
    {
        Value* results = stackalloc Value[2];
        Invoke(op, args, results, 2);
        return (Take(results[0]), Take(results[1]));
    }

    /// <summary>Calls an operator with three tensors as its result.</summary>
    internal static (Tensor, Tensor, Tensor) Call3(Operator op, params ReadOnlySpan<Arg> args)
    {
        Value* results = stackalloc Value[3];
        Invoke(op, args, results, 3);
        return (Take(results[0]), Take(results[1]), Take(results[2]));
    }

    /// <summary>Calls an operator with a list of tensors as its result.</summary>
    internal static Tensor[] CallList(Operator op, params ReadOnlySpan<Arg> args)
    {
        Value* results = stackalloc Value[MostResults];
        int count = Invoke(op, args, results, MostResults);
        var tensors = new Tensor[count];
        for (int i = 0; i < count; i++)
        {
            tensors[i] = Take(results[i]);
        }

        return tensors;
    }

    /// <summary>Calls an operator with a number as its result.</summary>
    internal static double CallNumber(Operator op, params ReadOnlySpan<Arg> args)
    {
        Value result = default;
        Invoke(op, args, &result, 1);
        return result.Tag == Tag.Double ? result.Double : result.Int;
    }

    /// <summary>Calls an operator for its effect; what it returns is dropped.</summary>
    internal static void Run(Operator op, params ReadOnlySpan<Arg> args)
    {
        Value* results = stackalloc Value[8];
        int count = Invoke(op, args, results, 8);
        for (int i = 0; i < count; i++)
        {
            if (results[i].Tag == Tag.Tensor && results[i].Pointer != 0)
            {
                Shim.vt_free(results[i].Pointer);
            }
        }
    }

    private static Tensor Take(Value value) => new(value.Pointer);

    private static int Invoke(Operator op, ReadOnlySpan<Arg> args, Value* results, int capacity)
    {
        int bytes = 0;
        foreach (ref readonly Arg arg in args)
        {
            bytes += BytesOf(arg);
        }

        Value* values = stackalloc Value[args.Length];
        byte* lists = stackalloc byte[bytes];
        for (int i = 0; i < args.Length; i++)
        {
            lists = Fill(args[i], values + i, lists);
        }

        int count = 0;
        int status = Shim.vt_call(op.Handle, values, args.Length, results, capacity, &count);
        for (int i = 0; i < args.Length; i++)
        {
            GC.KeepAlive(args[i].Object);
        }

        if (status != 0)
        {
            throw TorchException.Last(op.Name, Describe(args));
        }

        return count;
    }

    private static string Describe(ReadOnlySpan<Arg> args)
    {
        var text = new StringBuilder();
        foreach (ref readonly Arg arg in args)
        {
            text.Append(text.Length > 0 ? ", " : "").Append(arg.ToString());
        }

        return text.ToString();
    }

    private static int BytesOf(in Arg arg) =>
        arg.Tag switch
        {
            Tag.IntList => ((long[])arg.Object!).Length * sizeof(long),
            Tag.DoubleList => ((double[])arg.Object!).Length * sizeof(double),
            Tag.TensorList => ((Tensor?[])arg.Object!).Length * sizeof(nint),
            Tag.String => (Encoding.UTF8.GetByteCount((string)arg.Object!) + 7) / 8 * 8,
            _ => 0,
        };

    private static byte* Fill(in Arg arg, Value* value, byte* lists)
    {
        value->Tag = arg.Tag;
        switch (arg.Tag)
        {
            case Tag.Tensor:
                value->Pointer = ((Tensor)arg.Object!).Handle;
                return lists;
            case Tag.Double:
                value->Double = arg.Double;
                return lists;
            case Tag.IntList:
                var ints = (long[])arg.Object!;
                ints.CopyTo(new Span<long>(lists, ints.Length));
                value->Length = ints.Length;
                break;
            case Tag.DoubleList:
                var doubles = (double[])arg.Object!;
                doubles.CopyTo(new Span<double>(lists, doubles.Length));
                value->Length = doubles.Length;
                break;
            case Tag.TensorList:
                var tensors = (Tensor?[])arg.Object!;
                for (int i = 0; i < tensors.Length; i++)
                {
                    ((nint*)lists)[i] = tensors[i]?.Handle ?? 0;
                }

                value->Length = tensors.Length;
                break;
            case Tag.String:
                var text = (string)arg.Object!;
                value->Length = Encoding.UTF8.GetBytes(text, new Span<byte>(lists, BytesOf(arg)));
                break;
            default:
                value->Int = arg.Int;
                return lists;
        }

        value->Pointer = (nint)lists;
        return lists + BytesOf(arg);
    }
}
