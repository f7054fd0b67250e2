using Vae.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>One step of an <see cref="LSTM"/> of one layer. x: [B, in], (h, cell): [B, H] each → the next (h, cell). Without a state it begins with zeros.</summary>
public sealed class LSTMCell : Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor)>
{
    private const int Gates = 4;

    internal LSTMCell(long inputSize, long hiddenSize, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(LSTMCell))
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

    public override (Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0)
    {
        if (h0_c0 is (var h0, var c0))
        {
            return Op.Call2(aten.lstm_cell, input, (Tensor[])[h0, c0], weight_ih, weight_hh, bias_ih, bias_hh);
        }

        using Tensor nothing = zeros([input.shape[0], weight_hh.shape[1]], input.dtype, input.device);
        return Op.Call2(aten.lstm_cell, input, (Tensor[])[nothing, nothing], weight_ih, weight_hh, bias_ih, bias_hh);
    }

    public new (Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => forward(input, h0_c0);
}
