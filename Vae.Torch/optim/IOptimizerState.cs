using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>An optimizer whose state can be stored and put back; all of TorchSharp's that are offered here are.</summary>
public interface IOptimizerState
{
    /// <summary>The live state: <c>step</c>, Int64, one count per parameter in their order, and <c>&lt;parameter&gt;.&lt;quantity&gt;</c>.</summary>
    /// <remarks>The names are those the optimizer was given, or the parameters' places. The tensors are the optimizer's own: not to be disposed.</remarks>
    IReadOnlyDictionary<string, Tensor> StateTensors();

    /// <summary>Copies stored values into the state; nothing is changed when a name is missing or unknown, or a shape differs.</summary>
    /// <exception cref="InvalidOperationException">The state is of another optimizer or other parameters.</exception>
    void LoadStateTensors(IReadOnlyDictionary<string, Tensor> tensors);
}
