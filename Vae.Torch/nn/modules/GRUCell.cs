using Vae.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>One step of a <see cref="GRU"/> of one layer. x: [B, in], h: [B, H] → the next h. Without a state it begins with zeros.</summary>
public sealed class GRUCell : Module<Tensor, Tensor?, Tensor>
{
    private const int Gates = 3;

    internal GRUCell(long inputSize, long hiddenSize, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(GRUCell))
    {
        weight_ih = RecurrentLayers.FanUniform(hiddenSize, device, dtype, Gates * hiddenSize, inputSize);
        weight_hh = RecurrentLayers.FanUniform(hiddenSize, device, dtype, Gates * hiddenSize, hiddenSize);
        bias_ih = bias ? RecurrentLayers.FanUniform(hiddenSize, device, dtype, Gates * hiddenSize) : null;
        bias_hh = bias ? RecurrentLayers.FanUniform(hiddenSize, device, dtype, Gates * hiddenSize) : null;
        RegisterComponents();
    }

    public Parameter weight_ih { get; }

    public Parameter weight_hh { get; }

    public Parameter? bias_ih { get; }

    public Parameter? bias_hh { get; }

    public override Tensor forward(Tensor input, Tensor? h0 = null)
    {
        if (h0 is not null)
        {
            return Op.Call(aten.gru_cell, input, h0, weight_ih, weight_hh, bias_ih, bias_hh);
        }

        using Tensor nothing = zeros([input.shape[0], weight_hh.shape[1]], input.dtype, input.device);
        return Op.Call(aten.gru_cell, input, nothing, weight_ih, weight_hh, bias_ih, bias_hh);
    }
}
