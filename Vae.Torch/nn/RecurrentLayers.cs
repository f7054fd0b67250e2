using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Vae.Torch;

/// <summary>Layers of recurrent cells, the weights of all of them and how they run; what LSTM and GRU have in common.</summary>
/// <remarks>Weights begin uniform in ±1/√H. Their names are PyTorch's: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, ..., with _reverse for the way back.</remarks>
internal sealed class RecurrentLayers
{
    private readonly long inputs;
    private readonly long hidden;
    private readonly long layers;
    private readonly bool bias;
    private readonly bool batchFirst;
    private readonly double dropout;
    private readonly bool bidirectional;
    private readonly Tensor[] weights;

    /// <summary>Makes the weights and registers them with the module; a cell of so many gates.</summary>
    internal RecurrentLayers(
        nn.Module module,
        int gates,
        long inputs,
        long hidden,
        long layers,
        bool bias,
        bool batchFirst,
        double dropout,
        bool bidirectional,
        Device? device,
        ScalarType? dtype
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hidden);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegative(dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dropout, 1);
        (this.inputs, this.hidden, this.layers, this.bias) = (inputs, hidden, layers, bias);
        (this.batchFirst, this.dropout, this.bidirectional) = (batchFirst, dropout, bidirectional);
        weights = [.. Registered().ToArray()];

        IEnumerable<Tensor> Registered()
        {
            for (long layer = 0; layer < layers; layer++)
            {
                foreach (string way in bidirectional ? ["", "_reverse"] : new[] { "" })
                {
                    long width = layer == 0 ? inputs : hidden * Ways;
                    yield return New($"weight_ih_l{layer}{way}", gates * hidden, width);
                    yield return New($"weight_hh_l{layer}{way}", gates * hidden, hidden);
                    if (bias)
                    {
                        yield return New($"bias_ih_l{layer}{way}", gates * hidden);
                        yield return New($"bias_hh_l{layer}{way}", gates * hidden);
                    }
                }
            }
        }

        Parameter New(string name, params long[] shape)
        {
            Parameter parameter = FanUniform(hidden, device, dtype, shape);
            module.register_parameter(name, parameter);
            return parameter;
        }
    }

    private int Ways => bidirectional ? 2 : 1;

    /// <summary>A parameter uniform in ±1/√H.</summary>
    internal static Parameter FanUniform(long hidden, Device? device, ScalarType? dtype, params long[] shape)
    {
        Parameter parameter = Fresh(device, dtype, shape);
        double bound = 1 / Math.Sqrt(hidden);
        init.uniform_(parameter, -bound, bound);
        return parameter;
    }

    /// <summary>A state of zeros for the input, [layers · ways, B, H].</summary>
    internal Tensor Zeros(Tensor input) =>
        zeros([layers * Ways, Checked(input).shape[batchFirst ? 0 : 1], hidden], input.dtype, input.device);

    /// <summary>LSTM: output, last hidden and last cell state.</summary>
    internal (Tensor, Tensor, Tensor) Lstm(Tensor input, Tensor[] state, bool training) =>
        Op.Call3(aten.lstm, Checked(input), state, weights, bias, layers, dropout, training, bidirectional, batchFirst);

    /// <summary>GRU: output and last hidden state.</summary>
    internal (Tensor, Tensor) Gru(Tensor input, Tensor state, bool training) =>
        Op.Call2(aten.gru, Checked(input), state, weights, bias, layers, dropout, training, bidirectional, batchFirst);

    private Tensor Checked(Tensor input) =>
        input.dim() == 3 && input.shape[2] == inputs
            ? input
            : throw new ArgumentException(
                $"An input of [{string.Join(", ", input.shape)}]; expected is {(batchFirst ? "[B, T" : "[T, B")}, {inputs}]."
            );
}
