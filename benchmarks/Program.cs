using WorkflowEngine.Bench;

// ./bench VERB: every figure is printed beside a calibration of the same run, because the machine is shared.
return args switch
{
    ["flow"] => EngineAlone.Run(),
    ["commit"] => await DurableBursts.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: ./bench VERB
          flow     the engine alone: instances per CPU second and allocation
          commit   durable bursts against cal.transition, the bare transaction, interleaved on one server
        """);
    return 2;
}
