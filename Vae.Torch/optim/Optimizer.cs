using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Optimizers, and what makes them.</summary>
    public static partial class optim
    {
        /// <summary>Where schedules and the user change the learning rate.</summary>
        public interface ILearningRateController
        {
            double LearningRate { get; set; }

            double InitialLearningRate { get; set; }
        }

        /// <summary>Changes parameters so that a loss falls.</summary>
        public abstract class Optimizer : IDisposable
        {
            private protected Optimizer() { }

            public virtual IEnumerable<ILearningRateController> ParamGroups => [];

            public virtual IEnumerable<Parameter> parameters() => [];

            /// <summary>Drops all gradients (they become null, as in PyTorch 2).</summary>
            public virtual void zero_grad()
            {
                foreach (Parameter parameter in parameters())
                {
                    parameter.grad = null;
                }
            }

            /// <summary>Takes one step; parameters without a gradient stay as they are. Returns the closure's loss, or null.</summary>
            public virtual Tensor? step(Func<Tensor>? closure = null) => closure?.Invoke();

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing) { }
        }
    }
}
